package io.tombolo.region.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.BrokerId;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.Random;

class DocumentCodecTest {

    private static final RegionDocument DOCUMENT =
            new RegionDocument(
                    new RegionId("no"),
                    new RegionDocument.Version(3, Long.MAX_VALUE),
                    List.of(
                            new RegionDocument.Broker(
                                    new BrokerId(1001),
                                    new Endpoint("::1", 9092),
                                    new Endpoint("a\"b\\\u00e9\uD83D\uDE00", 8080),
                                    Optional.of(new RegionDocument.Standing("serving", 12, 3, 7)))),
                    List.of(
                            new Ownership(
                                    new DomainName("true"),
                                    new RegionId("1"),
                                    Ownership.EPOCH_MAX,
                                    Ownership.Mode.FORCED),
                            new Ownership(
                                            new DomainName("taken"),
                                            new RegionId("1"),
                                            2,
                                            Ownership.Mode.FORCED)
                                    .with(
                                            new Takeover(
                                                    new RegionId("2"),
                                                    NameFilter.of("a*", "!ab")))),
                    List.of(
                            new RegionDocument.LinkProgress(
                                    new LinkName("eu-to-us"),
                                    LinkStatus.State.ACTIVE,
                                    new Lag(1204, -1, 800, true))),
                    "0123456789ab");

    @Test
    void aDocumentSurvivesTheJourney() {
        String json = DocumentCodec.encode(DOCUMENT);

        assertThat(DocumentCodec.decode(json))
                .isEqualTo(new DocumentCodec.Decoded.Document(DOCUMENT));
        assertThat(json).matches("\\p{ASCII}+").doesNotContain("\n");
    }

    @Test
    void membersThatAreNotKnownAreSkipped() {
        String json =
                DocumentCodec.encode(DOCUMENT)
                        .replace("{\"format\":1", "{\"later\":{\"a\":[1]},\"format\":1");

        assertThat(DocumentCodec.decode(json))
                .isEqualTo(new DocumentCodec.Decoded.Document(DOCUMENT));
    }

    @Test
    void whatIsOnlyShownMakesNothingElseUnreadable() {
        String json =
                DocumentCodec.encode(DOCUMENT)
                        .replace("\"state\":\"serving\"", "\"state\":{\"later\":1}")
                        .replace("\"topology\":\"0123456789ab\"", "\"topology\":\"\\u001b\"");

        assertThat(DocumentCodec.decode(json))
                .isInstanceOfSatisfying(
                        DocumentCodec.Decoded.Document.class,
                        it -> {
                            assertThat(it.document().ownerships()).isEqualTo(DOCUMENT.ownerships());
                            assertThat(it.document().topology()).isEmpty();
                            assertThat(it.document().brokers().getFirst().standing()).isEmpty();
                        });
    }

    @Test
    void anotherFormatIsMalformed() {
        String json = DocumentCodec.encode(DOCUMENT).replace("\"format\":1", "\"format\":2");

        assertThat(DocumentCodec.decode(json))
                .isEqualTo(new DocumentCodec.Decoded.Malformed("format 2 is not known here"));
    }

    @Test
    void deepNestingIsMalformed() {
        assertThat(DocumentCodec.decode("[".repeat(200_000)))
                .isInstanceOf(DocumentCodec.Decoded.Malformed.class);
    }

    @Test
    void aTextThatIsTooLongIsMalformed() {
        assertThat(DocumentCodec.decode(" ".repeat(DocumentCodec.CHARACTERS_MAX + 1)))
                .isInstanceOf(DocumentCodec.Decoded.Malformed.class);
    }

    @Test
    void noGarbageMakesTheReaderThrow() {
        String json = DocumentCodec.encode(DOCUMENT);
        for (long seed = 0; seed < 2000; seed++) {
            var random = new Random(seed);
            var text = new StringBuilder(json);
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                int at = random.nextInt(text.length());
                if (random.nextBoolean()) {
                    text.deleteCharAt(at);
                } else {
                    text.setCharAt(at, "{}[]:,\"\\*&!-09a\n".charAt(random.nextInt(16)));
                }
            }

            assertThat(DocumentCodec.decode(text.toString())).isNotNull();
        }
    }
}
