package dev.sluice.localstack.program;

import java.util.Locale;

/** What a part of the stack is. The lower-case names are what {@code status --json} prints. */
public enum PartKind {
  KAFKA,
  REDIS,
  POSTGRES,
  SIMULATOR,
  ISSUER,
  WORKER,
  API;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
