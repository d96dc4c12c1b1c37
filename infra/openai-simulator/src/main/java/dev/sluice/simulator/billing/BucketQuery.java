package dev.sluice.simulator.billing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which buckets of time are asked for, and by what their results are told apart. Times are seconds
 * of the Unix epoch.
 *
 * @param end exclusive
 * @param width seconds
 * @param limit buckets of a page
 * @param groupBy fields that results are told apart by
 * @param models only these; empty for all
 */
public record BucketQuery(
    long start, long end, long width, int limit, Set<String> groupBy, Set<String> models) {
  private static final Map<String, Long> WIDTHS = Map.of("1m", 60L, "1h", 3_600L, "1d", 86_400L);
  private static final String PAGE = "page_";

  /** A part of the time asked for; the first and the last may be shorter than the others. */
  record Bucket(long start, long end) {}

  /** What one of the two endpoints takes. */
  public enum Endpoint {
    USAGE(
        Map.of("1m", new Limit(60, 1_440), "1h", new Limit(24, 168), "1d", new Limit(7, 31)),
        Set.of("project_id", "user_id", "api_key_id", "model", "batch", "service_tier")),
    COSTS(
        Map.of("1d", new Limit(7, 180)),
        Set.of("project_id", "user_id", "api_key_id", "line_item"));

    private final Map<String, Limit> limits;
    private final Set<String> groups;

    Endpoint(Map<String, Limit> limits, Set<String> groups) {
      this.limits = limits;
      this.groups = groups;
    }
  }

  private record Limit(int usual, int most) {}

  /**
   * Reads a query string's parameters.
   *
   * @param now seconds; no bucket begins after it
   * @throws IllegalArgumentException with a sentence, if one is missing or wrong
   */
  public static BucketQuery of(Endpoint endpoint, Map<String, List<String>> parameters, long now) {
    var width = first(parameters, "bucket_width", "1d");
    var limit = endpoint.limits.get(width);
    if (limit == null) {
      throw new IllegalArgumentException("Invalid value: bucket_width '" + width + "'.");
    }
    if (!parameters.containsKey("start_time")) {
      throw new IllegalArgumentException("Missing required parameter: 'start_time'.");
    }
    var start = number(parameters, "start_time", 0);
    var end = Math.min(number(parameters, "end_time", now + 1), now + 1);
    var buckets = number(parameters, "limit", limit.usual);
    if (buckets < 1 || buckets > limit.most) {
      throw new IllegalArgumentException("Invalid value: limit must be 1 to " + limit.most + ".");
    }
    var groupBy = all(parameters, "group_by");
    if (!endpoint.groups.containsAll(groupBy)) {
      throw new IllegalArgumentException("Invalid value: group_by takes " + endpoint.groups + ".");
    }
    var page = first(parameters, "page", null);
    return new BucketQuery(
        page == null ? start : startOf(page),
        end,
        WIDTHS.getOrDefault(width, 0L),
        (int) buckets,
        groupBy,
        all(parameters, "models"));
  }

  List<Bucket> buckets() {
    var buckets = new ArrayList<Bucket>();
    var at = start;
    while (at < end && buckets.size() < limit) {
      var next = at - Math.floorMod(at, width) + width;
      buckets.add(new Bucket(at, next));
      at = next;
    }
    return buckets;
  }

  /** Where the next page begins; null after the last one. */
  @Nullable String next(List<Bucket> page) {
    if (page.isEmpty() || page.getLast().end() >= end) {
      return null;
    }
    var start = Long.toString(page.getLast().end()).getBytes(StandardCharsets.US_ASCII);
    return PAGE + Base64.getUrlEncoder().withoutPadding().encodeToString(start);
  }

  private static long startOf(String page) {
    try {
      var start = Base64.getUrlDecoder().decode(page.substring(PAGE.length()));
      return Long.parseLong(new String(start, StandardCharsets.US_ASCII));
    } catch (RuntimeException foreign) {
      throw new IllegalArgumentException("Invalid value: page.", foreign);
    }
  }

  private static @Nullable String first(
      Map<String, List<String>> parameters, String name, @Nullable String usual) {
    var values = parameters.get(name);
    return values == null ? usual : values.getFirst();
  }

  /** Lists are sent as {@code name[]=a&name[]=b}; some clients leave the brackets out. */
  private static Set<String> all(Map<String, List<String>> parameters, String name) {
    var all = new HashSet<>(parameters.getOrDefault(name + "[]", List.of()));
    all.addAll(parameters.getOrDefault(name, List.of()));
    return all;
  }

  private static long number(Map<String, List<String>> parameters, String name, long usual) {
    var value = first(parameters, name, null);
    try {
      return value == null ? usual : Long.parseUnsignedLong(value);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException("Invalid type for '" + name + "'.", notANumber);
    }
  }
}
