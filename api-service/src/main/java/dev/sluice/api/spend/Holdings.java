package dev.sluice.api.spend;

import dev.sluice.common.spend.SpendAccount;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the requests of this instance hold until they have ended, in case Redis forgets it.
 * Thread-safe.
 */
final class Holdings {
  private final Map<String, Holding> holdings = new ConcurrentHashMap<>();

  private record Holding(List<SpendAccount> accounts, SpendStore.Reservation reservation) {}

  void add(SpendStore.Reservation reservation, List<SpendAccount> accounts) {
    holdings.put(reservation.id(), new Holding(accounts, reservation));
  }

  /** The accounts in which the request held something. */
  List<SpendAccount> remove(String requestId) {
    var holding = holdings.remove(requestId);
    return holding == null ? List.of() : holding.accounts();
  }

  List<SpendStore.Reservation> in(SpendAccount account) {
    return holdings.values().stream()
        .filter(holding -> holding.accounts().contains(account))
        .map(Holding::reservation)
        .toList();
  }

  /** Forgets requests of which nobody saw the end. */
  void forgetExpired(Instant now) {
    holdings.values().removeIf(it -> it.reservation().expiry() < now.toEpochMilli());
  }
}
