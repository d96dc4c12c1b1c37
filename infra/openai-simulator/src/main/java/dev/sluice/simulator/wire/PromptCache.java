package dev.sluice.simulator.wire;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which beginnings of prompts have been read before. As the prompt caching guide says: from 1,024
 * tokens on, in steps of 128, the longest known beginning is cached. Thread-safe.
 */
public final class PromptCache {
  private static final int LEAST_TOKENS = 1_024;
  private static final int STEP_TOKENS = 128;
  private static final int CHARACTERS_PER_TOKEN = 4;
  private static final int KEPT = 50_000;

  /** Hashes of beginnings, the least recently read first. Guarded by this. */
  private final Map<Long, Boolean> known =
      new LinkedHashMap<>(1_024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
          return size() > KEPT;
        }
      };

  /** Tokens of the input that were cached; a {@code [[cached=N]]} in the prompt decides instead. */
  public long read(String pool, Prompt prompt) {
    var directive = prompt.directive("cached");
    var tokens = prompt.inputTokens();
    if (directive >= 0) {
      return Math.min(directive, tokens);
    }
    return tokens < LEAST_TOKENS ? 0 : Math.min(tokens, remember(pool, prompt.text()));
  }

  private synchronized long remember(String pool, String text) {
    var cached = 0L;
    long hash = pool.hashCode();
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L; // FNV-1a
      var tokens = (i + 1) / CHARACTERS_PER_TOKEN;
      var atStep = (i + 1) % (STEP_TOKENS * CHARACTERS_PER_TOKEN) == 0;
      if (atStep && tokens >= LEAST_TOKENS && known.put(hash, true) != null) {
        cached = tokens;
      }
    }
    return cached;
  }
}
