package dev.sluice.benchmarks.relay;

/** The baseline: whoever reads the provider's stream is who wanted it. */
record DirectReader(Measured measured) implements Reader {
  @Override
  public void event(String type, byte[] json) {
    measured.event(System.nanoTime(), json.length);
  }

  @Override
  public void end() {}
}
