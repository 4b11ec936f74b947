package io.tombolo.controller;

import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.metadata.image.MetadataImage;

/**
 * Decides commands: (command, image) to (records, answer). Pure, except that it draws from the
 * entropy it is given; keeps nothing between calls.
 */
public final class Controller {

    private final BrokerDecisions brokers;
    private final TopicDecisions topics;
    private final PartitionDecisions partitions;
    private final ConfigDecisions configs;
    private final RegionDecisions region;
    private final LinkDecisions links;

    public Controller(ControllerSettings settings, ConfigValidator validator) {
        this.brokers = new BrokerDecisions();
        this.configs = new ConfigDecisions(validator);
        this.topics = new TopicDecisions(settings.topicDefaults(), configs);
        this.partitions = new PartitionDecisions();
        this.region = new RegionDecisions(settings);
        this.links = new LinkDecisions(new MirrorDecisions(topics, partitions));
    }

    /**
     * Decides one command.
     *
     * @param tip the metadata with everything that was proposed before, committed or not
     * @return the records that make it so and the answer to give once they are committed; a refusal
     *     comes without records
     */
    @SuppressWarnings("unchecked") // the result of each command is of its own A
    public <A> ControllerResult<A> handle(
            Command<A> command, MetadataImage tip, Circumstances circumstances) {
        return (ControllerResult<A>)
                switch (command) {
                    case BrokerCommand<A> broker -> brokers.decide(broker, tip, circumstances);
                    case TopicCommand.CreateTopics create ->
                            topics.create(create, tip, circumstances);
                    case TopicCommand.DeleteTopics delete -> topics.delete(delete, tip);
                    case TopicCommand.CreatePartitions grow ->
                            partitions.create(grow, tip, circumstances);
                    case ConfigCommand<A> config -> configs.decide(config, tip);
                    case RegionCommand<A> regional -> region.decide(regional, tip);
                    case LinkCommand<A> link -> links.decide(link, tip, circumstances);
                };
    }
}
