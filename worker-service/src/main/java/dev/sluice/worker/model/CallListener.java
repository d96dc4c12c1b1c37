package dev.sluice.worker.model;

/** Hears what the provider says during one call, in order, on the call's thread. */
public interface CallListener {
  /**
   * The provider's own counters, once, with the head of its answer; refusals tell them too.
   *
   * @param admitted whether the call was let in, and its tokens counted
   */
  void rateLimits(RateLimits limits, boolean admitted);

  /** Every event but the one that ends the response. */
  void event(ProviderEvent event);
}
