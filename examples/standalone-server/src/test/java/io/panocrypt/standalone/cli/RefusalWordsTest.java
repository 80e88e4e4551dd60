package io.panocrypt.standalone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Error messages name what was typed, not what was sent. */
class RefusalWordsTest extends CliFixture {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "device add web1 | volumes must be 1 to 20 | --volumes must be 1 to 20",
                "device add web1 | networkAccessLists must be a list | --list must be a list",
                "device add web1 | networkAccessLists: wrong | --list: wrong",
                "device add web1 | tags must be a list | --tag must be a list",
                "device add web1 | name is needed | name is needed",
                "device add web1 | the name web1 is taken | the name web1 is taken",
                "device add web1 | at most 64 tags | at most 64 tags",
                "device add web1 | ::/0 is open: set requireApproval on the device, or acknowledgeOpen where it stands"
                        + " | ::/0 is open: set --require-approval on the device, or --acknowledge-open where it stands",
                "device allow web1 | expiresIn must be at most P7D | --expires-in must be at most P7D",
                "device allow web1 | to skip source, name a source, or any | to skip source, name a source, or any",
                "device edit web1 --name web2 | name must be short | --name must be short",
                "device edit web1 --notes x | 3 devices lose approval: confirm to do so"
                        + " | 3 devices lose approval: --confirm to do so",
                "device confirm web1 | confirm it twice | confirm it twice",
                "list add office | cidrs must be a list | --cidr must be a list",
                "webhook add https://h.example/ | url must have a host | url must have a host",
                "member edit me --no-contacts | no notifier serves webpush: contacts, only ntfy"
                        + " | no notifier serves webpush: contacts, only ntfy; serve --push-subject switches it on",
                "member edit me --no-contacts | no notifier serves fax: contacts, only ntfy"
                        + " | no notifier serves fax: contacts, only ntfy"
            })
    void areTheCommandsOwn(String command, String problem, String told) {
        String refusal = new ObjectMapper()
                .createObjectNode()
                .put("title", "Bad Request")
                .put("status", 400)
                .set("problems", new ObjectMapper().createArrayNode().add(problem))
                .toString();
        for (String line : new String[] {
            "POST /devices",
            "PATCH /devices/" + ID,
            "POST /devices/" + ID + "/allowances",
            "POST /devices/" + ID + "/confirm",
            "POST /network-access-lists",
            "POST /webhooks",
            "PATCH /members/me"
        }) {
            server.on(line, 400, refusal);
        }
        server.on("GET /members/me", 200, "{\"id\":\"me\",\"version\":1}");
        String help = "see 'panocrypt " + command.split(" ")[0] + " " + command.split(" ")[1] + " --help'\n";
        assertEquals(new Ran(1, "", "refused: Bad Request (400)\n  " + told + "\n" + help), run(words(command)));
    }
}
