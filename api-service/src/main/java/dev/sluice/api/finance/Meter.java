package dev.sluice.api.finance;

/** What the provider counts and prices by itself. */
enum Meter {
  INPUT("Input"),
  CACHED_INPUT("Cached Input"),
  CACHE_WRITE("Cache Write"),
  OUTPUT("Output");

  private final String title;

  Meter(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
