package dev.sluice.worker.model;

import java.io.IOException;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The HTTP exchange under an attempt, so that any thread can end it. Thread-safe. */
final class RunningCall {
  private @Nullable Call call; // guarded by this
  private boolean cancelled; // guarded by this

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
      if (CURRENT.isBound()) CURRENT.get().began(chain.call());
      return chain.proceed(chain.request());
    }
  }
}
