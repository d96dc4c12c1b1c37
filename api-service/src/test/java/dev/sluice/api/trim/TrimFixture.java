package dev.sluice.api.trim;

import dev.sluice.common.token.TokenCounter;
import java.util.Map;

/** A trimmer as tests of other packages need it. */
public final class TrimFixture {
  private TrimFixture() {}

  /** No bounds but those of a model's context, and none is known. */
  public static Trimmer trimmer() {
    return new Trimmer(
        new TokenCounter(),
        new TrimProperties(TrimProperties.Mode.ALWAYS, null, Map.of(), 4_096, 0.25, Map.of()));
  }
}
