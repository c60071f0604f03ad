package dev.linkd.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The rules for the tree of packages below {@code root}. The root is a parameter so that the rules
 * can be tried on {@link dev.linkd.architecture.fixture}, which breaks each of them.
 */
record Rules(String root) {

  /** One rule for each package of the table: it uses nothing above or beside it. */
  ArchRule usesOnlyLowerPackages(String name) {
    String[] allowed =
        Stream.concat(Stream.of(name), Layers.MAY_USE.getOrDefault(name, Set.of()).stream())
            .map(this::below)
            .toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(below(name))
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage(root + "..").or(resideInAnyPackage(allowed)))
        .because("the table in docs/design.md gives the direction of dependencies")
        .allowEmptyShould(true);
  }

  ArchRule hasNoCycles() {
    return slices()
        .matching(root + ".(*)..")
        .should()
        .beFreeOfCycles()
        .because("a package must be understandable without those that use it")
        .allowEmptyShould(true);
  }

  ArchRule onlyServicesKnowGrpc() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(below("session"), below("server"), below("v1"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "io.netty..")
        .because("the engine is a library that can be driven without gRPC")
        .allowEmptyShould(true);
  }

  ArchRule onlyOsCallsNativeFunctions() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(below("os"))
        .should()
        .dependOnClassesThat(
            simpleName("Linker")
                .or(simpleName("SymbolLookup"))
                .and(resideInAnyPackage("java.lang.foreign")))
        .because("a wrong signature of a native function crashes the daemon")
        .allowEmptyShould(true);
  }

  ArchRule onlyMainWritesToTheConsole() {
    DescribedPredicate<JavaFieldAccess> console =
        describe(
            "System.out or System.err",
            access ->
                access.getTargetOwner().isEquivalentTo(System.class)
                    && Set.of("out", "err").contains(access.getTarget().getName()));
    return noClasses()
        .that(areNotMain())
        .should()
        .accessFieldWhere(console)
        .because("messages go through diagnostics or the log")
        .allowEmptyShould(true);
  }

  ArchRule nobodyUsesJavaUtilLogging() {
    return noClasses()
        .that(areNotMain())
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .because("logs go through SLF4J; Main bridges those of libraries")
        .allowEmptyShould(true);
  }

  /** The package {@code name} and everything below it. */
  private String below(String name) {
    return root + "." + name + "..";
  }

  private DescribedPredicate<JavaClass> areNotMain() {
    return describe("are not Main", type -> !type.getSimpleName().equals("Main"));
  }
}
