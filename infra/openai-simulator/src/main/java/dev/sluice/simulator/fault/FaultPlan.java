package dev.sluice.simulator.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The faults still to come, in order. Thread-safe. */
public final class FaultPlan {
  /** Guarded by this. {@code times} is what is left. */
  private final List<Fault> faults = new ArrayList<>();

  /** Grows with every {@link #replace}: a fault of an older plan is not given back. */
  private int version;

  public synchronized void replace(List<Fault> wanted) {
    faults.clear();
    faults.addAll(wanted);
    version++;
  }

  public synchronized List<Fault> left() {
    return List.copyOf(faults);
  }

  /** Takes the first fault meant for this request, which then has one time less. */
  public synchronized Optional<Drawn> draw(String model, String input) {
    for (int i = 0; i < faults.size(); i++) {
      var fault = faults.get(i);
      if (fault.matches(model, input)) {
        if (fault.times() == 1) {
          faults.remove(i);
        } else {
          faults.set(i, fault.withTimes(fault.times() - 1));
        }
        return Optional.of(new Drawn(fault.once(), version));
      }
    }
    return Optional.empty();
  }

  /** The request was refused before its fault could happen: the next one gets it. */
  public synchronized void giveBack(Drawn drawn) {
    if (drawn.version == version) {
      faults.addFirst(drawn.fault);
    }
  }

  /** A fault taken for one request. */
  public record Drawn(Fault fault, int version) {}
}
