package io.panocrypt.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/** The project's main classes and module descriptors on the class path. */
final class House {
    private static final Set<String> LIBRARIES = Set.of(
            "io.panocrypt.crypto",
            "io.panocrypt.policy",
            "io.panocrypt.servlet",
            "io.panocrypt.console",
            "io.panocrypt.testkit");

    private House() {}

    static JavaClasses mainClasses() {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.panocrypt");
    }

    /** The packages that the libraries export to everyone. */
    static Set<String> exportedPackages() throws IOException {
        Set<String> exported = new HashSet<>();
        for (URL url : Collections.list(House.class.getClassLoader().getResources("module-info.class"))) {
            try (InputStream in = url.openStream()) {
                ModuleDescriptor module = ModuleDescriptor.read(in);
                if (LIBRARIES.contains(module.name())) {
                    module.exports().stream()
                            .filter(export -> !export.isQualified())
                            .forEach(export -> exported.add(export.source()));
                }
            }
        }
        return Set.copyOf(exported);
    }
}
