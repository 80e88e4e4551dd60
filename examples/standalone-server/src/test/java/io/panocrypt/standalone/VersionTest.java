package io.panocrypt.standalone;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.panocrypt.standalone.common.BuildInfo;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

@DisplayName("The version")
class VersionTest {
    @Test
    @DisplayName("is that of the build")
    void isThatOfTheBuild() throws Exception {
        Path pom = Path.of(System.getProperty("panocrypt.root"), "pom.xml");
        String version = XPathFactory.newInstance()
                .newXPath()
                .evaluate(
                        "/project/version",
                        DocumentBuilderFactory.newInstance()
                                .newDocumentBuilder()
                                .parse(pom.toFile()));
        assertEquals(version, BuildInfo.VERSION);
        assertArrayEquals(
                new String[] {"panocrypt " + version},
                new CommandLine(new Main()).getCommandSpec().version());
    }
}
