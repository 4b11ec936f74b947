package io.tombolo.metadata.record;

/**
 * An address under which clients or brokers reach a broker.
 *
 * @param name the listener's name, such as {@code PLAINTEXT}; clients are answered with addresses
 *     of the listener that they came in on
 * @param securityProtocol Kafka's name of it, such as {@code PLAINTEXT} or {@code SSL}
 */
public record BrokerListener(String name, String host, int port, String securityProtocol) {

    public BrokerListener {
        Names.require(name, "listener name");
        Names.require(securityProtocol, "security protocol");
    }
}
