package dev.sluice.worker.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Reply;
import dev.sluice.common.trim.Dropped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The events of one response, on their way out. Belongs to the request's thread. */
public final class ResponseRelay {
  /*
   * A failed attempt may be repeated as long as the client has seen nothing of its answer. So what
   * only announces an answer is held until the first piece of it comes, and dropped with the
   * attempt. `created` and `in_progress` say the same in every attempt: they go out at once, and
   * once.
   */
  static final long FIRST = 1; // 0 is response.queued, sent by the api-service

  private static final Set<String> SAME_IN_EVERY_ATTEMPT =
      Set.of("response.created", "response.in_progress");
  private static final Set<String> ANNOUNCEMENTS =
      Set.of(
          "response.output_item.added",
          "response.content_part.added",
          "response.reasoning_summary_part.added");

  private final Relays relays;
  private final EventRewriter rewriter;
  private final RequestEnvelope request;
  private final long fence;
  private final List<byte[]> held = new ArrayList<>();
  private final Set<String> told = new java.util.HashSet<>();
  private long next;
  private boolean answering;
  private String addition = "";
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
  private volatile @Nullable Throwable lost; // why an event is not in the log

  ResponseRelay(
      Relays relays, EventRewriter rewriter, RequestEnvelope request, long fence, long next) {
    this.relays = relays;
    this.rewriter = rewriter;
    this.request = request;
    this.fence = fence;
    this.next = next;
  }

  /** Whether a piece of the answer has gone out, so that no further attempt may be made. */
  public boolean isAnswering() {
    return answering;
  }

  /** Events published so far, former owners' included. */
  public long published() {
    return next - FIRST;
  }

  /**
   * The next event says what was left out of the conversation, in Sluice's own field, as {@code
   * response.queued} says what admission left out.
   */
  public void shortened(Dropped dropped) {
    addition =
        "\"sluice\":{\"trimmed\":{\"dropped_items\":%d,\"dropped_tokens\":%d}},"
            .formatted(dropped.droppedItems(), dropped.droppedTokens());
  }

  /** A new attempt begins: what the failed one announced is forgotten. */
  public void restart() {
    held.clear();
  }

  /**
   * Publishes or holds one event of the provider's. Waits for Kafka only where the producer cannot
   * take more.
   *
   * @throws UnpublishedException if an earlier one was not published: what came behind it would be
   *     an answer with a gap
   */
  public void event(String type, byte[] json) {
    if (!answering && ANNOUNCEMENTS.contains(type)) {
      held.add(json);
      return;
    }
    if (SAME_IN_EVERY_ATTEMPT.contains(type)) {
      if (told.add(type)) publish(json, false);
      return;
    }
    // Nonsense is no answer yet: another attempt may still be made
    if (!answering) rewriter.rewrite(json, request.id(), next, "");
    release();
    publish(json, false);
  }

  /** Publishes the event that ends the response. */
  public void end(byte[] terminal) {
    release();
    publish(terminal, true);
  }

  /** Ends the response with {@code response.failed} or {@code response.incomplete} of our own. */
  public void end(Ending ending) {
    held.clear();
    publish(ending.event(request).getBytes(UTF_8), true);
  }

  /**
   * Waits until everything published is safe in the log.
   *
   * @throws UnpublishedException if one of it is not within {@code patience}
   */
  public void awaitPublished(Duration patience) throws InterruptedException {
    try {
      last.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      checkPublished(); // the producer tells of its batches in their order
    } catch (ExecutionException | TimeoutException unpublished) {
      throw new UnpublishedException(request.id(), unpublished);
    }
  }

  private void release() {
    answering = true;
    held.forEach(json -> publish(json, false));
    held.clear();
  }

  private void checkPublished() {
    var why = lost;
    if (why != null) throw new UnpublishedException(request.id(), why);
  }

  private void publish(byte[] json, boolean terminal) {
    checkPublished();
    long sequence = next++;
    var event = rewriter.rewrite(json, request.id(), sequence, addition);
    addition = "";
    var trace = terminal ? relays.trace() : null;
    last =
        relays.publish(
            request.replyPartition(),
            new Reply(request.id(), sequence, fence, terminal, event, trace));
    var _ =
        last.whenComplete((_, failure) -> {
          if (failure != null) lost = failure;
        });
  }
}
