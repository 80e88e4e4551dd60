package io.panocrypt.containers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The containers, each with the part of the class path that is its own. */
enum Kind {
    TOMCAT_10_1(TomcatContainer.class, "older/tomcat-"),
    TOMCAT_11(TomcatContainer.class, "/org/apache/tomcat/"),
    JETTY_EE10(JettyEe10Container.class, "/org/eclipse/jetty/", "older/jakarta.servlet-api-"),
    JETTY_EE11(JettyEe11Container.class, "/org/eclipse/jetty/", "/jakarta/servlet/"),
    UNDERTOW(UndertowContainer.class, "/io/undertow/", "older/jakarta.servlet-api-");

    /** The parts of which each container has some. */
    private static final List<String> SOMEBODYS =
            List.of("older/", "/org/apache/tomcat/", "/org/eclipse/jetty/", "/io/undertow/", "/jakarta/servlet/");

    private final Class<? extends Container> container;
    private final List<String> own;

    Kind(Class<? extends Container> container, String... own) {
        this.container = container;
        this.own = List.of(own);
    }

    Class<? extends Container> container() {
        return container;
    }

    String classPath() throws IOException {
        List<String> all =
                new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator)));
        try (Stream<Path> older = Files.list(Path.of("target", "older"))) {
            older.map(Path::toString).forEach(all::add);
        }
        return String.join(File.pathSeparator, all.stream().filter(this::isFor).toList());
    }

    private boolean isFor(String entry) {
        return SOMEBODYS.stream().noneMatch(entry::contains) || own.stream().anyMatch(entry::contains);
    }
}
