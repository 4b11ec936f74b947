package io.tombolo.broker.redirect;

import io.tombolo.region.RegionId;

/** Where the clients of something belong, as one region knows it. */
sealed interface Home {

    /** In this region, or no link moves them. */
    record Here() implements Home {}

    /** In this region still, which is handing over: positions rest, so that they can be copied. */
    record Leaving() implements Home {}

    /** In this region, which owns the topic and has not made it writable yet. */
    record Arriving() implements Home {}

    /** In another region, which owns the topics. */
    record Away(RegionId region) implements Home {}

    Home HERE = new Here();
    Home LEAVING = new Leaving();
    Home ARRIVING = new Arriving();
}
