package dev.sluice.worker.deadletter;

import dev.sluice.common.message.DeadLetter;

/** Kafka did not take a dead letter: its record must stay open, or it would be lost. */
public final class NotSetAsideException extends RuntimeException {
  NotSetAsideException(DeadLetter letter, Throwable cause) {
    super("not set aside: " + letter, cause);
  }
}
