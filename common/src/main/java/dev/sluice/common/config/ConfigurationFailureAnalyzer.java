package dev.sluice.common.config;

import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Says which keys to set, all of them at once, instead of how the binder failed. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ConfigurationFailureAnalyzer
    extends AbstractFailureAnalyzer<ConfigurationPropertiesBindException> {

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable root, ConfigurationPropertiesBindException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindValidationException invalid)
        return analysis(
            invalid.getValidationErrors().getAllErrors().stream()
                .map(error -> line(invalid.getValidationErrors().getName().toString(), error))
                .collect(Collectors.joining(System.lineSeparator())),
            failure);
      if (cause instanceof IllegalArgumentException wrong && cause.getCause() == null)
        return analysis(String.valueOf(wrong.getMessage()), failure);
    }
    return null;
  }

  private static FailureAnalysis analysis(String lines, Throwable failure) {
    return new FailureAnalysis(
        lines,
        "Correct the configuration and start again; docs/configuration.md lists every key.",
        failure);
  }

  private static String line(String prefix, ObjectError error) {
    var key = error instanceof FieldError field ? prefix + "." + kebab(field.getField()) : prefix;
    return "set %s (%s): it %s".formatted(key, environmentName(key), error.getDefaultMessage());
  }

  private static String kebab(String field) {
    return field.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  private static String environmentName(String key) {
    return key.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
  }
}
