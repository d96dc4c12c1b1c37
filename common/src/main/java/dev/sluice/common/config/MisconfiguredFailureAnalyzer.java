package dev.sluice.common.config;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to set where no single key is wrong by itself. */
final class MisconfiguredFailureAnalyzer extends AbstractFailureAnalyzer<MisconfiguredException> {
  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, MisconfiguredException mistake) {
    return new FailureAnalysis(mistake.getMessage(), ConfigurationFailureAnalyzer.ACTION, mistake);
  }
}
