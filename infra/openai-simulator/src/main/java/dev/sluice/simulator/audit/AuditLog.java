package dev.sluice.simulator.audit;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest requests received, in order of arrival. Thread-safe. */
public final class AuditLog {
  private final InstantSource clock;
  private final int capacity;

  /** Guarded by this. */
  private final ArrayDeque<AuditTicket> tickets = new ArrayDeque<>();

  /**
   * @param capacity lines kept; beyond it the oldest is dropped
   */
  public AuditLog(InstantSource clock, int capacity) {
    this.clock = clock;
    this.capacity = capacity;
  }

  public synchronized AuditTicket open(String endpoint, @Nullable String clientRequestId) {
    if (tickets.size() == capacity) {
      tickets.removeFirst();
    }
    var ticket = new AuditTicket(clock.instant(), endpoint, clientRequestId);
    tickets.addLast(ticket);
    return ticket;
  }

  public List<AuditEntry> entries() {
    List<AuditTicket> copy;
    synchronized (this) {
      copy = List.copyOf(tickets);
    }
    return copy.stream().map(AuditTicket::entry).toList();
  }

  public synchronized void clear() {
    tickets.clear();
  }
}
