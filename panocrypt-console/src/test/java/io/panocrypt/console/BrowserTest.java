package io.panocrypt.console;

import static io.panocrypt.console.TestConsole.HOME;
import static io.panocrypt.console.TestConsole.OTHER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.panocrypt.policy.model.ApprovalRequest.State;
import io.panocrypt.policy.model.Device;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.WebElement;

/** What a thumb does on a telephone of 360 by 640, without scripts. */
class BrowserTest {
    private static final Path SHOTS = Path.of("target", "screenshots");

    private TestConsole console;
    private Device device;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        console = new TestConsole(directory);
        device = console.device("db-07", "prod", "role=db", "env=frankfurt");
    }

    @AfterEach
    void close() throws Exception {
        console.close();
    }

    private void go(TestChromium browser, String path) {
        browser.driver.get(console.uri(path).toString());
    }

    private void signIn(TestChromium browser, String token) {
        browser.driver.findElement(By.id("token")).sendKeys(token);
        browser.tap(browser.driver.findElement(By.cssSelector("main button")));
        browser.driver.findElement(By.cssSelector("header nav, #fault"));
    }

    private static WebElement button(TestChromium browser, String act) {
        return browser.driver.findElement(By.cssSelector(".bar button[formaction$='/" + act + "']"));
    }

    /** Waits until the page shows the text. */
    private static void see(TestChromium browser, String text) {
        browser.driver.findElement(By.xpath("//main[contains(., '" + text + "')]"));
    }

    @Test
    void fromTheNoticeToTheApprovalWithoutScripts() {
        console.group(1);
        String id = console.waits(device, HOME);
        try (TestChromium phone = TestChromium.phone(false)) {
            go(phone, "/requests/" + id);
            signIn(phone, console.alice.token());
            see(phone, "db-07");
            assertEquals(console.uri("/requests/" + id).toString(), phone.driver.getCurrentUrl());
            for (String act : List.of("defer", "deny", "approve")) {
                Rectangle place = button(phone, act).getRect();
                assertTrue(place.getHeight() >= 56, act + " is " + place.getHeight() + " high");
                assertTrue(place.getY() + place.getHeight() <= 640, act + " is below the fold");
            }
            assertTrue(button(phone, "approve").getRect().getX()
                    > button(phone, "deny").getRect().getX());
            phone.tap(button(phone, "approve"));
            see(phone, "Approved by you");
        }
        assertEquals(State.APPROVED, console.state(id));
    }

    @Test
    void twoBrowsersRaceAndTheLaterSeesTheDecision() {
        console.group(1);
        String id = console.waits(device, HOME);
        try (TestChromium phone = TestChromium.phone(false);
                TestChromium desktop = TestChromium.desktop(true)) {
            go(phone, "/requests/" + id);
            signIn(phone, console.alice.token());
            go(desktop, "/requests/" + id);
            signIn(desktop, console.bob.token());
            phone.tap(button(phone, "approve"));
            see(phone, "Approved by you");
            desktop.tap(button(desktop, "deny"));
            see(desktop, "Approved by alice");
            see(desktop, "Nothing was changed by you");
            desktop.tap(button(desktop, "deny"));
            see(desktop, "Denied by you");
        }
        assertEquals(State.DENIED, console.state(id));
    }

    @Test
    void aWarningNeedsASecondPress() {
        console.group(1);
        String id = console.waits(device, HOME);
        console.waits(device, OTHER);
        try (TestChromium phone = TestChromium.phone(false)) {
            go(phone, "/requests/" + id);
            signIn(phone, console.alice.token());
            phone.tap(phone.driver.findElement(By.cssSelector(".although summary")));
            assertEquals(State.PENDING, console.state(id));
            phone.tap(button(phone, "approve"));
            see(phone, "Approved by you");
        }
        assertEquals(State.APPROVED, console.state(id));
    }

    @Test
    void nothingIsWiderThanAScreenOf320() {
        console.group(1);
        String id = console.waits(device, HOME);
        try (TestChromium phone = TestChromium.start(320, 640, true)) {
            go(phone, "/requests/" + id);
            signIn(phone, console.alice.token());
            for (String path : List.of("/requests/" + id, "/requests?list", "/me", "/nothing", "/requests/" + id)) {
                go(phone, path);
                assertEquals(320L, phone.driver.executeScript("return document.documentElement.scrollWidth"), path);
            }
        }
    }

    /** For people to look at. */
    @Test
    void showsEachPage() throws Exception {
        console.group(2);
        String hostile = console.waits(
                console.device("web-with-a-rather-long-name-in-rack-17.frankfurt.example", "prod"), OTHER);
        console.clock.advance(Duration.ofSeconds(42));
        String id = console.waits(device, HOME);
        console.clock.advance(Duration.ofSeconds(130));
        console.unlock(device, HOME);
        console.clock.advance(Duration.ofSeconds(6));
        console.browser().signedIn(console.bob.token()).press(hostile, "deny", java.util.Map.of("comment", "not mine"));
        String twice = console.waits(console.device("mail-2", "prod"), HOME);
        for (boolean isPhone : List.of(true, false)) {
            try (TestChromium browser = isPhone ? TestChromium.phone(true) : TestChromium.desktop(true)) {
                shoot(browser, "/sign-in", isPhone, "sign-in");
                go(browser, "/sign-in");
                signIn(browser, "wrong");
                shoot(browser, null, isPhone, "sign-in-wrong");
                go(browser, "/sign-in");
                signIn(browser, console.alice.token());
                shoot(browser, "/requests?list", isPhone, "requests");
                shoot(browser, "/requests/" + id, isPhone, "approve");
                shoot(browser, "/requests/" + hostile, isPhone, "denied");
                shoot(browser, "/me", isPhone, "me");
                shoot(browser, "/nothing", isPhone, "error");
                if (isPhone) {
                    go(browser, "/requests/" + id);
                    browser.tap(button(browser, "approve"));
                }
                shoot(browser, "/requests/" + id, isPhone, "approved-by-me");
            }
        }
        console.browser().signedIn(console.bob.token()).press(id, "approve", java.util.Map.of());
        console.waits(console.panocrypt.devices().byName("mail-2").orElseThrow(), OTHER);
        for (boolean isPhone : List.of(true, false)) {
            try (TestChromium browser = isPhone ? TestChromium.phone(true) : TestChromium.desktop(true)) {
                go(browser, "/sign-in");
                signIn(browser, console.alice.token());
                shoot(browser, "/requests/" + id, isPhone, "approved");
                shoot(browser, "/requests/" + twice, isPhone, "warned");
                browser.tap(browser.driver.findElement(By.cssSelector(".although summary")));
                shoot(browser, null, isPhone, "warned-open");
                go(browser, "/me");
                browser.tap(browser.driver.findElement(By.cssSelector("form[action$='sign-out'] button")));
                browser.driver.findElement(By.id("token"));
                go(browser, "/sign-in");
                signIn(browser, console.victor.token());
                shoot(browser, "/requests/" + twice, isPhone, "viewer");
            }
        }
    }

    private void shoot(TestChromium browser, String path, boolean isPhone, String name) throws Exception {
        if (path != null) {
            go(browser, path);
        }
        for (String scheme : List.of("light", "dark")) {
            browser.colours(scheme);
            browser.screenshot(SHOTS.resolve(name + (isPhone ? "-360x640-" : "-1280x800-") + scheme + ".png"));
        }
        browser.colours("light");
    }
}
