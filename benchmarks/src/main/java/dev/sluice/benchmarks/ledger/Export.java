package dev.sluice.benchmarks.ledger;

import dev.sluice.benchmarks.Heap;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Tokens;
import dev.sluice.localstack.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.LocalDate;

/**
 * The ledger of a period downloaded from an api instance, whose heap is looked at on the way.
 *
 * @param layout {@code usage} or {@code focus}
 * @param to first day that is left out
 */
record Export(Part api, String layout, LocalDate from, LocalDate to) {
  private static final int BUFFER = 256 * 1024;
  private static final double MEGABYTE = 1_048_576;

  /**
   * @param rows that the period has
   */
  Row measure(String phase, long rows) throws InterruptedException {
    long before = Heap.afterCollection(api);
    try (var http = HttpClient.newHttpClient()) {
      var answer = http.send(request(), BodyHandlers.ofInputStream());
      if (answer.statusCode() != 200)
        throw new IllegalStateException("the export is refused: " + answer.statusCode());
      try (var body = answer.body()) {
        return read(body, phase, rows, before);
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private HttpRequest request() {
    return HttpRequest.newBuilder(
            URI.create(
                "%s/api/finance/export/%s.csv?from=%s&to=%s"
                    .formatted(api.url(), layout, from, to)))
        .header("Authorization", "Bearer " + Tokens.of(api.url(), "finance"))
        .build();
  }

  /** While the heap is looked at nothing is read, so the api may not collect what it has sent. */
  private Row read(InputStream body, String phase, long rows, long before)
      throws IOException, InterruptedException {
    var buffer = new byte[BUFFER];
    long lines = 0;
    long bytes = 0;
    long held = 0;
    long looking = 0;
    long looks = 0;
    long start = System.nanoTime();
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      bytes += count;
      for (int i = 0; i < count; i++) if (buffer[i] == '\n') lines++;
      if (lines * 3 > rows * (looks + 1) && looks < 2) {
        long look = System.nanoTime();
        held = Math.max(held, Heap.afterCollection(api) - before);
        looking += System.nanoTime() - look;
        looks++;
      }
    }
    double seconds = (System.nanoTime() - start - looking) / 1e9;
    return Row.of("sluice")
        .with("phase", phase)
        .with("entries", rows)
        .with("lines", lines - 1)
        .figure("entries_per_s", rows / seconds)
        .figure("mb_per_s", bytes / MEGABYTE / seconds)
        .figure("heap_held_mb", held / MEGABYTE);
  }
}
