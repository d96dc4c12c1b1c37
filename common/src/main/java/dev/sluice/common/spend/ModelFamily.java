package dev.sluice.common.spend;

import java.util.regex.Pattern;

/** Models with a date in their name: {@code gpt-4o-mini-2024-07-18} is of {@code gpt-4o-mini}. */
public final class ModelFamily {
  private static final Pattern DATE = Pattern.compile("-\\d{4}-\\d{2}-\\d{2}$|-\\d{4}$");

  private ModelFamily() {}

  /** The name without its date. */
  public static String of(String model) {
    return DATE.matcher(model).replaceFirst("");
  }
}
