package io.tombolo.chaos;

/** A record that a producer handed over, and what became of it as far as it was told. */
record Sent(Value value, Outcome outcome) {

    /** What the producer knows. */
    sealed interface Outcome {

        /** It is in the log, at this offset. */
        record Acknowledged(long offset) implements Outcome {}

        /** It may be in the log or not: no answer, or one that leaves it open. */
        record Unanswered() implements Outcome {}

        /** Its transaction was aborted. */
        record Aborted() implements Outcome {}
    }

    static Sent acknowledged(Value value, long offset) {
        return new Sent(value, new Outcome.Acknowledged(offset));
    }

    static Sent unanswered(Value value) {
        return new Sent(value, new Outcome.Unanswered());
    }

    static Sent aborted(Value value) {
        return new Sent(value, new Outcome.Aborted());
    }
}
