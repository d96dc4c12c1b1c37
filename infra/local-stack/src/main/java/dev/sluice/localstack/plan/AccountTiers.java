package dev.sluice.localstack.plan;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.budget.BudgetProperties.PoolProperties;
import dev.sluice.common.budget.Planner;
import dev.sluice.localstack.process.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/**
 * The account's tiers as the services read them: {@code sluice-budget.yml}, and ahead of it the
 * environment variables that they would be given.
 */
final class AccountTiers {

  private static final String DEFAULTS = "sluice-budget.yml";

  private final BudgetProperties budget;
  private final Planner planner;
  private final double utilisation;

  private AccountTiers(Binder configuration) {
    budget = configuration.bind("sluice.budget", BudgetProperties.class).get();
    utilisation = share(configuration, "utilisation", Planner.UTILISATION);
    planner = new Planner(utilisation, share(configuration, "burst", Planner.BURST));
  }

  private static double share(Binder configuration, String name, double otherwise) {
    return configuration.bind("sluice.budget-schedule." + name, Double.class).orElse(otherwise);
  }

  static AccountTiers read() {
    return read(new StandardEnvironment());
  }

  static AccountTiers read(ConfigurableEnvironment environment) {
    try {
      new YamlPropertySourceLoader()
          .load(DEFAULTS, new ClassPathResource(DEFAULTS))
          .forEach(environment.getPropertySources()::addLast);
      return new AccountTiers(Binder.get(environment));
    } catch (BindException | IllegalArgumentException wrong) {
      throw new StackException("the tiers cannot be read: " + deepest(wrong).getMessage(), wrong);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The tier that the services are told. */
  String ownTier() {
    return budget.tier();
  }

  Planner planner() {
    return planner;
  }

  /** Share of each limit that the workers use. */
  double utilisation() {
    return utilisation;
  }

  /** Limits by tier of the pool on which the model draws. */
  PoolProperties poolOf(String model) {
    return budget.pools().values().stream()
        .filter(pool -> pool.models().contains(model))
        .findFirst()
        .orElseThrow(() ->
            new StackException(
                "there is no pool for the model %s: choose one of %s".formatted(model, models())));
  }

  /** For a person to choose from. */
  String models() {
    return budget.pools().values().stream()
        .flatMap(pool -> pool.models().stream())
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining(", "));
  }

  private static Throwable deepest(Throwable failure) {
    var deepest = failure;
    for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      deepest = cause;
    }
    return deepest;
  }
}
