package dev.sluice.common.config;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/**
 * One plain line on standard error: whoever starts a service by hand, or reads the last line of its
 * log, sees what to set. Spring Boot's own framed text is switched off in the services' logging.
 */
final class PlainFailureReporter implements FailureAnalysisReporter {
  @Override
  @SuppressWarnings("SystemOut") // logging may be what failed
  public void report(FailureAnalysis analysis) {
    System.err.printf(
        "Sluice cannot start: %s (%s)%n", analysis.getDescription(), analysis.getAction());
  }
}
