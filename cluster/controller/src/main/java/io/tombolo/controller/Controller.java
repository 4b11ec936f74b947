package io.tombolo.controller;

import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand;
import io.tombolo.controller.command.HandoverCommand;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.ReplicaCommand;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.handover.HandoverSteps;
import io.tombolo.controller.replica.SafetyRules;
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
    private final ReplicaDecisions replicas;
    private final LeaderDecisions leaders;
    private final ReassignmentDecisions reassignments;

    public Controller(ControllerSettings settings, ConfigValidator validator) {
        SafetyRules safety = settings.topicDefaults().safety();
        this.configs = new ConfigDecisions(validator, safety);
        this.topics = new TopicDecisions(settings.topicDefaults(), configs);
        this.partitions = new PartitionDecisions();
        this.region = new RegionDecisions(settings);
        this.links = new LinkDecisions(new MirrorDecisions(topics, partitions));
        this.replicas = new ReplicaDecisions(safety);
        this.leaders = new LeaderDecisions(safety);
        this.reassignments = new ReassignmentDecisions(safety);
        this.brokers = new BrokerDecisions(safety, new DrainDecisions(safety, reassignments));
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
                    case ReplicaCommand.AlterPartitions alter -> replicas.alter(alter, tip);
                    case ReplicaCommand.AssignReplicasToDirs assign -> replicas.assign(assign, tip);
                    case ReplicaCommand.ElectLeaders elect -> leaders.elect(elect, tip);
                    case ReplicaCommand.BalanceLeaders balance -> leaders.balance(balance, tip);
                    case ReplicaCommand.AlterReassignments alter -> reassignments.alter(alter, tip);
                    case ConfigCommand<A> config -> configs.decide(config, tip);
                    case RegionCommand<A> regional -> region.decide(regional, tip, circumstances);
                    case LinkCommand<A> link -> links.decide(link, tip, circumstances);
                    case HandoverCommand<A> handover ->
                            LinkDecisions.inBatches(HandoverSteps.decide(handover, tip));
                };
    }
}
