package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What Prometheus and Grafana are given: their own checks, and one truth with docs and code. */
class ObservabilityFilesTest {
  private static final String ALERTS = "infra/prometheus/alerts.yml";
  private static final String DASHBOARD = "infra/grafana/dashboards/sluice.json";
  private static final String SCALING = "infra/kubernetes/overlays/production/worker-scaling.yaml";

  @ParameterizedTest
  @CsvSource({
    "check rules alerts.yml",
    "test rules alerts_test.yml",
    "check config prometheus.yml"
  })
  void promtool_has_nothing_against(String what) {
    var result = Promtool.run(what.split(" "));
    assertThat(result.status()).as(result.said()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {ALERTS, DASHBOARD, SCALING})
  void a_metric_that_is_used_is_documented(String file) {
    var used = found("\\b(sluice_[a-z_]+)", ComposeFile.text(file));
    assertThat(used).isNotEmpty();
    assertThat(documented())
        .containsAll(
            used.stream()
                .map(name -> name.replaceAll("_(count|sum|max|bucket)$", ""))
                .collect(Collectors.toSet()));
  }

  @Test
  void every_metric_that_asks_for_an_alert_has_one() {
    var wanted =
        ComposeFile.text("docs/metrics.md")
            .lines()
            .filter(line -> line.contains("alert on it"))
            .flatMap(line -> found("^\\| `(sluice_[a-z_]+)`", line).stream())
            .toList();
    assertThat(wanted).isNotEmpty();
    assertThat(found("\\b(sluice_[a-z_]+)", ComposeFile.text(ALERTS))).containsAll(wanted);
  }

  @Test
  void every_alert_is_tested_and_says_what_to_do() {
    var alerts = found("alert: (\\w+)", ComposeFile.text(ALERTS));
    var page = ComposeFile.text("docs/operating.md");
    assertThat(found("alertname: (\\w+)", ComposeFile.text("infra/prometheus/alerts_test.yml")))
        .isEqualTo(alerts);
    assertThat(alerts).allSatisfy(alert -> assertThat(page).contains("| `" + alert + "` |"));
  }

  @Test
  void the_dashboard_is_laid_out_and_asks_the_datasource_that_is_provisioned() {
    var dashboard = new JsonMapper().readTree(ComposeFile.text(DASHBOARD));
    var ids = new TreeSet<Integer>();
    for (var panel : dashboard.path("panels")) {
      assertThat(ids.add(panel.path("id").asInt())).isTrue();
      var place = panel.path("gridPos");
      assertThat(place.path("x").asInt() + place.path("w").asInt()).isBetween(1, 24);
      for (var uid : panel.findValues("uid"))
        assertThat(ComposeFile.text("infra/grafana/provisioning/datasources/sluice.yml"))
            .contains("uid: " + uid.asString());
    }
    assertThat(ids).hasSizeGreaterThan(20);
  }

  private static Set<String> documented() {
    return found("(?m)^\\| `(sluice_[a-z_]+)`", ComposeFile.text("docs/metrics.md"));
  }

  private static Set<String> found(String regex, String text) {
    return Pattern.compile(regex)
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
