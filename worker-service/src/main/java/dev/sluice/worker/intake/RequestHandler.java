package dev.sluice.worker.intake;

import dev.sluice.common.topic.Lane;

/** What the intake needs from outside: somebody who works on a request until it has ended. */
public interface RequestHandler {
  /**
   * Works on one record; runs on a virtual thread of its own and may block.
   *
   * @return whether the record has ended; if not, it was handed back and its offset stays open, so
   *     that it comes again to this worker after a restart or to another one
   */
  boolean handle(Lane lane, byte[] value, Origin origin) throws InterruptedException;

  /** This worker stops: requests whose call has not begun are to be handed back now. */
  void drain();

  /** Where a record stands on its lane. */
  record Origin(String topic, int partition, long offset) {}
}
