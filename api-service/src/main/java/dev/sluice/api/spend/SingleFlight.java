package dev.sluice.api.spend;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Work that many may want at once and one does, while the others wait for it. Thread-safe. */
final class SingleFlight<K, V> {
  private final Map<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();

  /**
   * @throws TimeoutException if another one does it for too long
   * @throws ExecutionException if another one has failed
   */
  V run(K key, Supplier<V> work, Duration within)
      throws InterruptedException, ExecutionException, TimeoutException {
    var mine = new CompletableFuture<V>();
    var other = flights.putIfAbsent(key, mine);
    if (other != null) return other.get(within.toMillis(), TimeUnit.MILLISECONDS);
    try {
      var done = work.get();
      mine.complete(done);
      return done;
    } catch (RuntimeException failed) {
      mine.completeExceptionally(failed);
      throw failed;
    } finally {
      flights.remove(key, mine);
    }
  }
}
