import com.helger.diagnostics.error.IError;
import com.helger.io.resource.FileSystemResource;
import com.helger.io.resource.IReadableResource;
import com.helger.phive.api.execute.ValidationExecutionManager;
import com.helger.phive.api.executor.IValidationExecutor;
import com.helger.phive.api.executorset.IValidationExecutorSet;
import com.helger.phive.api.executorset.ValidationExecutorSetRegistry;
import com.helger.phive.api.result.ValidationResult;
import com.helger.phive.api.result.ValidationResultList;
import com.helger.phive.api.validity.IValidityDeterminator;
import com.helger.phive.peppol.PeppolValidation;
import com.helger.phive.peppol.PeppolValidation2026_05;
import com.helger.phive.xml.schematron.ValidationExecutorSchematron;
import com.helger.phive.xml.source.IValidationSourceXML;
import com.helger.phive.xml.source.ValidationSourceXML;
import com.helger.schematron.svrl.jaxb.FiredRule;
import com.helger.schematron.svrl.jaxb.SchematronOutputType;
import com.helger.schematron.xslt.SchematronResourceXSLT;
import com.helger.xml.serialize.read.DOMReader;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Validates the files that are named on the standard input, one a line. Says for each, separated by tabs:
 * "file", its name, its errors, its warnings, and how many rules were applied; before that, "error" or
 * "warning" for each of them, with the file, the rule, the place and the text.
 */
public final class Validate {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] args) throws Exception {
        var registry = new ValidationExecutorSetRegistry<IValidationSourceXML>();
        PeppolValidation.initStandard(registry);
        var invoice = registry.getOfID(PeppolValidation2026_05.VID_OPENPEPPOL_INVOICE_UBL_V3);
        var creditNote = registry.getOfID(PeppolValidation2026_05.VID_OPENPEPPOL_CREDIT_NOTE_UBL_V3);
        var files = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String name = files.readLine(); name != null; name = files.readLine()) {
            boolean isCreditNote = Files.readString(Path.of(name)).contains("<CreditNote");
            validate(name, isCreditNote ? creditNote : invoice);
        }
    }

    private static void validate(String name, IValidationExecutorSet<IValidationSourceXML> rules) throws Exception {
        IReadableResource file = new FileSystemResource(name);
        ValidationResultList results = ValidationExecutionManager.executeValidation(
                IValidityDeterminator.createDefault(), rules, ValidationSourceXML.create(file), Locale.ENGLISH);
        int errors = 0;
        int warnings = 0;
        for (ValidationResult result : results) {
            for (IError found : result.getErrorList()) {
                boolean isError = found.isError();
                errors += isError ? 1 : 0;
                warnings += isError ? 0 : 1;
                OUT.println(String.join("\t", isError ? "error" : "warning", name, plain(found.getErrorID()),
                        plain(found.getErrorFieldName()), plain(found.getErrorText(Locale.ENGLISH))));
            }
            if (result.getValidity().isSkipped()) {
                errors++;
                OUT.println(String.join("\t", "error", name, "skipped", "", "an earlier check failed"));
            }
        }
        OUT.println(String.join("\t", "file", name, "" + errors, "" + warnings, "" + appliedRules(file, rules)));
    }

    /** How often a rule of the Schematron found something to judge: zero means that nothing was, as in what is not XML. */
    private static int appliedRules(IReadableResource file, IValidationExecutorSet<IValidationSourceXML> rules) throws Exception {
        if (DOMReader.readXMLDOM(file) == null) {
            return 0;
        }
        int applied = 0;
        for (IValidationExecutor<IValidationSourceXML> executor : rules.getAllExecutors()) {
            if (executor instanceof ValidationExecutorSchematron schematron) {
                IReadableResource source = schematron.getValidationArtefact().getRuleResource();
                var compiled = COMPILED.computeIfAbsent(source.getPath(), path -> new SchematronResourceXSLT(source));
                SchematronOutputType output = compiled.applySchematronValidationToSVRL(file);
                applied += (int) output.getActivePatternAndFiredRuleAndFailedAssert().stream().filter(FiredRule.class::isInstance).count();
            }
        }
        return applied;
    }

    private static final Map<String, SchematronResourceXSLT> COMPILED = new LinkedHashMap<>();

    private static String plain(String text) {
        return text == null ? "" : text.replaceAll("\\s+", " ").trim();
    }
}
