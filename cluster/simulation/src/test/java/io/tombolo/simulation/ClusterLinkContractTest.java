package io.tombolo.simulation;

import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkType;

import java.util.ServiceLoader;

/** The offset-preserving link keeps the contract of links. */
class ClusterLinkContractTest extends LinkContract {

    @Override
    LinkProvider provider() {
        return ServiceLoader.load(LinkProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(module -> module.type() == LinkType.CLUSTER_LINK)
                .findFirst()
                .orElseThrow();
    }
}
