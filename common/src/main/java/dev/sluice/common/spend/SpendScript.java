package dev.sluice.common.spend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * The one script that touches an account in Redis, {@code lua/spend.lua}, and its verbs. Atomic, on
 * the two {@linkplain SpendAccount#keys keys} of one account; money in {@linkplain
 * SpendAccount#units units}, times in ms since the epoch.
 */
public final class SpendScript {
  /** {@code settled version keptUntil (id amount expiry)*}: makes an account that is missing. */
  public static final String BEGIN = "begin";

  /**
   * {@code id amount expiry hard}: holds an amount if it fits below {@code hard}, which is empty
   * where there is none. Answers one of {@link #RESERVED}, {@link #REFUSED}, {@link #UNKNOWN}.
   */
  public static final String RESERVE = "reserve";

  /** {@code (id amount expiry)*}: holds amounts that were held before, whatever is left. */
  public static final String RESTORE = "restore";

  /** {@code id*}: nothing is held for these any more. */
  public static final String RELEASE = "release";

  /** {@code id expiry}: what is held goes as soon as the ledger is complete up to then. */
  public static final String EXPIRE = "expire";

  /**
   * {@code settled version through id*}: what the ledger has, and what is held no more because of
   * it. An older version than the one known is passed over. {@code through}, empty or the time up
   * to which the ledger is complete: what expired before is dropped.
   */
  public static final String SETTLE = "settle";

  public static final long RESERVED = 1;
  public static final long REFUSED = 0;

  /** The account is missing: it is to be made from the ledger before anything is decided. */
  public static final long UNKNOWN = -1;

  /** Fields of the account's hash. */
  public static final String SETTLED = "settled";

  public static final String RESERVED_IN_ALL = "reserved";

  /** Differs after each {@link #BEGIN}. */
  public static final String BORN = "born";

  private SpendScript() {}

  /** Its text. */
  public static String text() {
    try (var script =
        Objects.requireNonNull(SpendScript.class.getResourceAsStream("/lua/spend.lua"))) {
      return new String(script.readAllBytes(), UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
