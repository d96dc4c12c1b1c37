package dev.sluice.worker.model;

import java.io.IOException;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** The HTTP exchange under an attempt, so that any thread can end it. Thread-safe. */
final class RunningCall {
  private @Nullable Call call; // guarded by this
  private boolean cancelled; // guarded by this
  private volatile boolean sent;

  /** Whether the provider may have the request, be it that it never answered. */
  boolean isSent() {
    return sent;
  }

  synchronized void cancel() {
    cancelled = true;
    if (call != null) call.cancel();
  }

  private synchronized void began(Call began) {
    call = began;
    if (cancelled) began.cancel();
  }

  /** Learns which exchange belongs to which attempt: both run on the same thread. */
  static final class Capture implements Interceptor {
    private static final ScopedValue<RunningCall> CURRENT = ScopedValue.newInstance();

    /** Runs {@code open} and ties the exchange it begins to {@code call}. */
    <T> T during(RunningCall call, Supplier<T> open) {
      return ScopedValue.where(CURRENT, call).call(open::get);
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
      var request = chain.request();
      var body = request.body();
      if (!CURRENT.isBound() || body == null) return chain.proceed(request);
      var running = CURRENT.get();
      running.began(chain.call());
      var watched = new WatchedBody(body, running);
      return chain.proceed(request.newBuilder().method(request.method(), watched).build());
    }
  }

  /** Tells its call when it has been written to the connection. */
  private static final class WatchedBody extends RequestBody {
    private final RequestBody body;
    private final RunningCall call;

    WatchedBody(RequestBody body, RunningCall call) {
      this.body = body;
      this.call = call;
    }

    @Override
    public @Nullable MediaType contentType() {
      return body.contentType();
    }

    @Override
    public long contentLength() throws IOException {
      return body.contentLength();
    }

    @Override
    public boolean isOneShot() {
      return body.isOneShot();
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      body.writeTo(sink);
      call.sent = true;
    }
  }
}
