package dev.sluice.worker.budget;

import dev.sluice.common.error.ErrorCode;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the pool may be used at all. Open while the account is out of credit or its key is
 * refused: requests end at once with that code, and now and then one goes through as a probe. A
 * probe that is not refused for the same reason closes it. Time is an argument, ns.
 */
final class Circuit {
  private static final int LONGEST_PAUSE = 20;

  private final long firstPause;
  private @Nullable ErrorCode code;
  private long probeAt;
  private long pause;

  Circuit(BudgetSettings settings) {
    firstPause = settings.probeEvery().toNanos();
  }

  /** Whether this opened it; if it was open, the next probe comes later. */
  boolean open(ErrorCode why, boolean byProbe, long now) {
    boolean opened = code == null;
    if (!opened && !byProbe) return false;
    pause = opened ? firstPause : Math.min(LONGEST_PAUSE * firstPause, pause * 2);
    probeAt = now + pause;
    code = why;
    return opened;
  }

  /** Whether this closed it. */
  boolean close() {
    boolean closed = code != null;
    code = null;
    return closed;
  }

  /** The probe was not made. */
  void probeAgain(long now) {
    probeAt = now;
  }

  /** Why it is open, if it is. */
  Optional<ErrorCode> code() {
    return Optional.ofNullable(code);
  }

  /** Whether the next request may go through as a probe; if so, no other may for a while. */
  boolean mayProbe(long now) {
    if (code == null || now < probeAt) return false;
    probeAt = now + Math.max(firstPause, pause);
    return true;
  }

  void write(DataOutput out) throws IOException {
    out.writeUTF(code == null ? "" : code.name());
    out.writeLong(probeAt);
    out.writeLong(pause);
  }

  static Circuit read(DataInput in, BudgetSettings settings) throws IOException {
    var circuit = new Circuit(settings);
    var name = in.readUTF();
    circuit.code = name.isEmpty() ? null : ErrorCode.valueOf(name);
    circuit.probeAt = in.readLong();
    circuit.pause = in.readLong();
    return circuit;
  }
}
