package dev.sluice.worker;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

@AnalyzeClasses(
    packages = "dev.sluice.worker",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule stages_know_common_and_themselves_only =
      slices()
          .matching("dev.sluice.worker.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              resideInAnyPackage("..worker.flow..", "..worker.control.."), alwaysTrue())
          // No stage: the threads that stages have their turns on
          .ignoreDependency(alwaysTrue(), resideInAPackage("..worker.background.."));

  @ArchTest
  static final ArchRule control_turns_no_knob_of_the_flow_but_its_own_interface =
      noClasses()
          .that()
          .resideInAPackage("..worker.control..")
          .should()
          .dependOnClassesThat(resideInAPackage("..worker.flow.."));

  @ArchTest
  static final ArchRule no_dumping_grounds =
      noClasses()
          .should()
          .haveNameMatching(".*(Utils?|Helper|Manager|Impl)")
          .orShould()
          .haveSimpleNameStartingWith("Abstract")
          .orShould()
          .haveSimpleNameStartingWith("Base");

  @ArchTest
  static final ArchRule time_is_injected =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule money_is_decimal =
      noFields()
          .that()
          .areDeclaredInClassesThat()
          .resideInAPackage("..ledger..")
          .should()
          .haveRawType(double.class);

  @ArchTest
  static void a_package_has_few_public_doors(JavaClasses all) {
    var doors =
        all.stream()
            .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(PUBLIC))
            .filter(type ->
                !type.isRecord()
                    && !type.isInterface()
                    && !type.isEnum()
                    && !type.isAssignableTo(Exception.class))
            .collect(groupingBy(type -> type.getPackageName(), counting()));
    // Two where the door hands out a thing with a life of its own: Leases and Lease.
    assertThat(doors)
        .allSatisfy((name, count) -> assertThat(count).as(name).isLessThanOrEqualTo(2));
  }
}
