package dev.sluice.worker.model;

/** Hears what the provider says during one call, in order, on the call's thread. */
public interface CallListener {
  /** The provider's own counters, once, with the head of its answer; refusals tell them too. */
  void rateLimits(RateLimits limits);

  /** Every event but the one that ends the response. */
  void event(ProviderEvent event);
}
