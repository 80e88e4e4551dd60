package io.panocrypt.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** Debian's Chromium, which reaches nothing but this machine. */
final class TestChromium implements AutoCloseable {
    private static final Path BROWSER = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration MAX_WAIT = Duration.ofMinutes(5);

    final ChromeDriver driver;

    private TestChromium(ChromeDriver driver) {
        this.driver = driver;
    }

    /** A telephone of 360 by 640. */
    static TestChromium phone(boolean scripts) {
        return start(360, 640, scripts);
    }

    static TestChromium desktop(boolean scripts) {
        return start(1280, 800, scripts);
    }

    static TestChromium start(int width, int height, boolean scripts) {
        if (!Files.isExecutable(BROWSER) || !Files.isExecutable(DRIVER)) {
            String missing = "missing tool: chromium";
            if (Boolean.getBoolean("panocrypt.requireTools")) {
                fail(missing);
            }
            Assumptions.abort(missing);
        }
        ChromeOptions options = new ChromeOptions();
        options.setBinary(BROWSER.toString());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--disable-background-networking",
                "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--window-size=" + width + "," + height);
        options.setExperimentalOption(
                "mobileEmulation",
                Map.of("deviceMetrics", Map.of("width", width, "height", height, "pixelRatio", 1.0)));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(DRIVER.toString()))
                .withTimeout(MAX_WAIT)
                // Selenium's own manager would look for another browser on the network.
                .withEnvironment(Map.of("SE_OFFLINE", "true", "SE_AVOID_STATS", "true"))
                .build();
        ChromeDriver driver = new ChromeDriver(service, options);
        if (!scripts) {
            driver.executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", true));
            driver.get("data:text/html,<title>off</title><script>document.title='on'</script>");
            assertEquals("off", driver.getTitle(), "scripts are off");
        }
        driver.manage().timeouts().implicitlyWait(MAX_WAIT);
        return new TestChromium(driver);
    }

    /** Presses where the element is. The driver's own click runs a script, which never ends in a page without scripts. */
    void tap(WebElement element) {
        Rectangle place = element.getRect();
        for (String type : List.of("mousePressed", "mouseReleased")) {
            driver.executeCdpCommand(
                    "Input.dispatchMouseEvent",
                    Map.of(
                            "type",
                            type,
                            "x",
                            place.getX() + place.getWidth() / 2,
                            "y",
                            place.getY() + place.getHeight() / 2,
                            "button",
                            "left",
                            "clickCount",
                            1));
        }
    }

    void colours(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    void screenshot(Path file) throws java.io.IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
