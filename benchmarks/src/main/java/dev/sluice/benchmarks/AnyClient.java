package dev.sluice.benchmarks;

import dev.sluice.localstack.StackOptions;
import dev.sluice.localstack.program.PartKind;

/** Settings under which one account stands for a crowd. */
public final class AnyClient {
  private AnyClient() {}

  /** No limit of a user's own is in the way of what is measured. */
  public static StackOptions.Builder unlimited(StackOptions.Builder options) {
    return options
        .environment(PartKind.API, "SLUICE_ADMISSION_USERLIMIT_REQUESTS", "1000000")
        .environment(PartKind.API, "SLUICE_ADMISSION_MAXQUEUED", "1000000")
        .environment(PartKind.API, "SLUICE_SOCKET_MAXSOCKETSPERUSER", "20000");
  }
}
