import com.icegreen.greenmail.Managers;
import com.icegreen.greenmail.mail.MailAddress;
import com.icegreen.greenmail.smtp.SmtpManager;
import com.icegreen.greenmail.smtp.SmtpState;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;

/**
 * GreenMail on ports of 127.0.0.1 that the caller names, with recipients that it refuses.
 *
 * <p>Arguments: SMTP-PORT SMTPS-PORT POP3-PORT. Whoever gets a mail has a mailbox, with the address as password.
 * "sender" with the password "secret" may log in to send. A recipient whose name begins with "refused" is refused
 * for good, one that begins with "busy" is put off, and a mail to one that begins with "unwanted" is refused after its text.
 * Prints "ready" when it answers, and ends when its standard input does.
 */
public class Serve {
    public static void main(String[] arguments) throws Exception {
        ServerSetup[] setups = {
            setup(arguments[0], ServerSetup.PROTOCOL_SMTP),
            setup(arguments[1], ServerSetup.PROTOCOL_SMTPS),
            setup(arguments[2], ServerSetup.PROTOCOL_POP3)
        };
        Server server = new Server(setups);
        // Clients that hang up are what tests are about.
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> { });
        server.start();
        server.setUser("sender@localhost", "sender", "secret");
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // Whoever started it lives.
        }
        System.exit(0);
    }

    private static ServerSetup setup(String port, String protocol) {
        return new ServerSetup(Integer.parseInt(port), "127.0.0.1", protocol);
    }

    private static final class Server extends GreenMail {
        Server(ServerSetup[] setups) {
            super(setups);
            // The services are made anew when they start, with these.
            managers = new Picky();
        }
    }

    private static final class Picky extends Managers {
        private final SmtpManager manager = new SmtpManager(getImapHostManager(), getUserManager()) {
            @Override
            public String checkRecipient(SmtpState state, MailAddress recipient) {
                String address = recipient.getEmail();
                if (address.startsWith("refused")) {
                    return "550 5.1.1 <" + address + "> is not known here";
                }
                return address.startsWith("busy") ? "451 4.2.0 <" + address + "> is busy, try later" : null;
            }

            @Override
            public String checkData(SmtpState state) {
                boolean unwanted = state.getMessage().getToAddresses().stream().anyMatch(one -> one.getEmail().startsWith("unwanted"));
                return unwanted ? "554 5.7.1 not wanted" : null;
            }
        };

        @Override
        public SmtpManager getSmtpManager() {
            // The services of the constructor ask before there is one; they are never started.
            return manager == null ? super.getSmtpManager() : manager;
        }
    }
}
