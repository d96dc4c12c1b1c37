package dev.sluice.worker.budget;

import dev.sluice.common.topic.Priority;
import java.util.List;

/**
 * The lines of both priorities in front of a pool, and whose turn it is to have a slot: interactive
 * requests go first, but for the share of scarce slots that background ones keep. Thread-safe, but
 * for what says that it is the schedule's thread's alone.
 */
final class Lines {
  private static final double MOST_DUE = 16;

  private final Line interactive = new Line();
  private final Line background = new Line();
  private final Slots slots;
  private final double backgroundShare;

  // Only the schedule's thread touches these.
  private int offered; // slots that are taken for an exchange, and held by no reservation yet
  private double backgroundDue; // slots that background requests may have before interactive ones

  /** The heads of the lines for which there were slots; those are taken. */
  record Offer(List<Line.Waiting> interactive, List<Line.Waiting> background) {
    static final Offer NONE = new Offer(List.of(), List.of());
  }

  /**
   * @param slots those of this worker, shared with its other pools
   * @param backgroundShare of scarce slots, 0 to 1
   */
  Lines(Slots slots, double backgroundShare) {
    this.slots = slots;
    this.backgroundShare = backgroundShare;
  }

  Line of(Priority priority) {
    return priority == Priority.INTERACTIVE ? interactive : background;
  }

  int waiting() {
    return interactive.size() + background.size();
  }

  /** How many of those that wait are of a line that is not paused. */
  int ready() {
    return interactive.ready() + background.ready();
  }

  boolean haveSlots() {
    return slots.areFree();
  }

  /** A reservation holds its slot until it has ended. */
  void ended(Priority priority) {
    of(priority).inFlight(-1);
    slots.giveBack(1);
  }

  /** Takes a slot for each that may have one. The schedule's thread's alone, as are the next. */
  Offer offer() {
    var first = interactive.head();
    var second = background.head();
    int free = slots.take(first.size() + second.size());
    offered = free;
    int due = Math.max((int) backgroundDue, free - first.size());
    int forBackground = Math.clamp(due, 0, Math.min(free, second.size()));
    return new Offer(
        first.subList(0, Math.min(first.size(), free - forBackground)),
        second.subList(0, forBackground));
  }

  /** A slot of the last offer is a reservation's now. */
  void taken() {
    offered--;
  }

  /** How many of an offer hold a reservation now. */
  void granted(Offer offer, int ofInteractive, int ofBackground) {
    boolean scarce = offer.background().size() < background.ready() + ofBackground;
    double due = backgroundDue + ofInteractive * backgroundShare - ofBackground;
    backgroundDue = scarce ? Math.clamp(due, 0, MOST_DUE) : 0;
  }

  /** The slots of the last offer that are no reservation's. */
  void giveBackOffered() {
    slots.giveBack(offered);
    offered = 0;
  }
}
