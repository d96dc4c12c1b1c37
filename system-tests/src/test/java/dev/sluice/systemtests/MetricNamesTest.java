package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What both services tell Prometheus after a request: names, units and tags that stay few. */
class MetricNamesTest {
  private static final Pattern SERIES = Pattern.compile("(?m)^([a-z_:0-9]+)(?:\\{(.*)})? [^ ]+$");
  private static final Pattern TAG = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final Set<String> TAGS =
      Set.of(
          "pool",
          "priority",
          "bandwidth",
          "limiting_factor",
          "model",
          "code",
          "outcome",
          "reason",
          "state",
          "scope",
          "period",
          "quantile");

  private static final Map<String, List<Map<String, String>>> SERIES_BY_NAME = new TreeMap<>();
  private static final Map<String, String> KINDS = new HashMap<>();

  @BeforeAll
  static void scrape() {
    TestingSystem.simulator().behave();
    try (var client = ChatClient.of("user1")) {
      client.ask("s", "What do you count?");
      client.awaitEnd("s");
    }
    for (var metrics :
        List.of(Metrics.ofApi(), new Metrics(TestingSystem.stack().worker(1).url()))) {
      var text = metrics.read();
      assertThat(text).contains("\n# TYPE ");
      for (var kind :
          Pattern.compile("(?m)^# TYPE (\\w+) (\\w+)$").matcher(text).results().toList())
        KINDS.put(kind.group(1), kind.group(2));
      for (var found : SERIES.matcher(text).results().toList())
        SERIES_BY_NAME
            .computeIfAbsent(found.group(1), _ -> new java.util.ArrayList<>())
            .add(tags(found.group(2)));
    }
  }

  @Test
  void our_names_are_documented() {
    var page = ComposeFile.text("docs/metrics.md");
    assertThat(ours()).hasSizeGreaterThan(20);
    assertThat(ours())
        .allSatisfy(name ->
            assertThat(page).contains("| `" + name.replaceAll("_(count|sum|max)$", "") + "` |"));
  }

  @Test
  void our_names_are_in_base_units_and_counters_say_so() {
    assertThat(ours())
        .noneMatch(name -> name.matches(".*_(ms|millis|milliseconds|minutes|kb|mb|percent)(_.*)?"));
    KINDS.forEach((name, kind) -> {
      if (name.startsWith("sluice_") && kind.equals("counter")) assertThat(name).endsWith("_total");
      if (name.startsWith("sluice_") && kind.equals("gauge"))
        assertThat(name).doesNotEndWith("_total");
    });
  }

  @Test
  void no_series_is_one_of_a_user_or_a_request() {
    for (var series : SERIES_BY_NAME.entrySet())
      for (var tags : series.getValue()) {
        if (series.getKey().startsWith("sluice_"))
          assertThat(TAGS).as(series.getKey()).containsAll(tags.keySet());
        assertThat(tags.values())
            .as(series.getKey())
            .noneMatch(value -> value.matches("user\\d|resp_.*|chatcmpl.*|.*@.*"));
      }
  }

  @Test
  void no_name_has_many_series() {
    for (var name : ours())
      assertThat(SERIES_BY_NAME.getOrDefault(name, List.of())).as(name).hasSizeLessThan(200);
  }

  private static Set<String> ours() {
    var names = new TreeSet<>(SERIES_BY_NAME.keySet());
    names.removeIf(name -> !name.startsWith("sluice_"));
    return names;
  }

  private static Map<String, String> tags(@org.jspecify.annotations.Nullable String text) {
    var tags = new HashMap<String, String>();
    if (text == null) return tags;
    for (var tag : TAG.matcher(text).results().toList()) tags.put(tag.group(1), tag.group(2));
    return tags;
  }
}
