package dev.sluice.api.spend;

import dev.sluice.common.error.SluiceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request has asked the caps to hold for it. Confined to the request's thread. */
public final class SpendReservation {
  /** Of a request that no cap concerns. */
  public static final SpendReservation NOTHING = new SpendReservation();

  private final @Nullable Spending spending;
  private final SpendStore.@Nullable Reservation reservation;
  private final List<Spending.Claim> claims;

  private SpendReservation() {
    this.spending = null;
    this.reservation = null;
    this.claims = List.of();
  }

  SpendReservation(
      Spending spending, SpendStore.Reservation reservation, List<Spending.Claim> claims) {
    this.spending = spending;
    this.reservation = reservation;
    this.claims = claims;
  }

  /**
   * Waits for the answers, which come with those to what was sent since.
   *
   * @throws SluiceException if a cap has no room, with everything given back; or with {@link
   *     dev.sluice.common.error.ErrorCode#SERVICE_UNAVAILABLE} if that cannot be told
   */
  public void confirm() {
    if (spending == null || reservation == null) return;
    var full = spending.decide(reservation, claims);
    if (full == null) return;
    release();
    throw Spending.refusal(full, spending.now());
  }

  /** The request is not to be called after all. */
  public void release() {
    if (spending != null && reservation != null) spending.giveBack(reservation.id(), claims);
  }
}
