package wire_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api/samples"
	"switchboard/internal/api/wire"
)

// sample is the code for what is to be sent.
func sample(t *testing.T, l samples.Language, s *wire.Sent) string {
	t.Helper()
	text, err := samples.Write(l, s.Calls, samples.Server{URL: s.Server, Project: s.Project, Region: "local-1"})
	require.NoError(t, err, s.Name)
	return text
}

// run runs a command as its user would, with what the sample takes from the environment.
func run(t *testing.T, s *wire.Sent, name string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Env = append(os.Environ(), "TOKEN="+s.Token, "ACCESS_KEY="+s.Access, "SECRET_KEY="+s.Secret)
	for _, c := range s.Calls {
		for name, secret := range c.Secrets {
			command.Env = append(command.Env, name+"="+secret.Reveal())
		}
	}
	said, err := command.CombinedOutput()
	require.NoError(t, err, "%s", said)
}

// need skips where a program is missing, which must not be in CI.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			require.Empty(t, os.Getenv("CI"), "%s is not installed", program)
			t.Skipf("%s is not installed", program)
		}
	}
}

// Every sample for curl does what the deed does.
func TestSamplesForCurlDoWhatTheySay(t *testing.T) {
	t.Parallel()
	need(t, "curl", "jq", "sh")
	for _, s := range wire.Sendings(t) {
		t.Run(s.Name, func(t *testing.T) {
			run(t, &s, "sh", "-ec", sample(t, samples.Curl, &s))
			s.RequireDone(t)
		})
	}
}

// Every sample in Go compiles, and does what the deed does. They are put into one
// program, each as a package, so that the SDK is linked once.
func TestSamplesInGoDoWhatTheySay(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	dir, err := os.MkdirTemp(filepath.Join(root, "internal", "api", "wire", "testdata"), "_samples")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	all := wire.Sendings(t)
	var imports, cases strings.Builder
	for i, s := range all {
		name := fmt.Sprintf("s%d", i)
		source := sample(t, samples.Go, &s)
		require.Contains(t, source, "package main\n")
		source = strings.Replace(strings.Replace(source, "package main\n", "package "+name+"\n", 1), "func main()", "func Main()", 1)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, name), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name, name+".go"), []byte(source), 0o600))
		fmt.Fprintf(&imports, "%q\n", "switchboard/internal/api/wire/testdata/"+filepath.Base(dir)+"/"+name)
		fmt.Fprintf(&cases, "case %q:\n%s.Main()\n", name, name)
	}
	main := "package main\n\nimport (\n\"os\"\n" + imports.String() + ")\n\nfunc main() {\nswitch os.Args[1] {\n" + cases.String() + "}\n}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(main), 0o600))
	program := filepath.Join(t.TempDir(), "samples")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, filepath.Join(dir, "main.go"))
	build.Dir = root
	said, err := build.CombinedOutput()
	require.NoError(t, err, "%s", said)
	for i, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			run(t, &s, program, fmt.Sprintf("s%d", i))
			s.RequireDone(t)
		})
	}
}

// Samples in Python that need no SDK do what the deed does; Debian has none of the SDK,
// so the others are only read by Python.
func TestSamplesInPythonDoWhatTheySay(t *testing.T) {
	t.Parallel()
	need(t, "python3")
	for _, s := range wire.Sendings(t) {
		t.Run(s.Name, func(t *testing.T) {
			source := sample(t, samples.Python, &s)
			file := filepath.Join(t.TempDir(), "sample.py")
			require.NoError(t, os.WriteFile(file, []byte(source), 0o600))
			if strings.Contains(source, "huaweicloudsdk") {
				run(t, &s, "python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1], encoding='utf-8').read())", file)
				return
			}
			run(t, &s, "python3", file)
			s.RequireDone(t)
		})
	}
}

// parseJava reads files of Java without compiling them, as those with the SDK cannot be.
const parseJava = `
import java.util.*;
import javax.tools.*;
import com.sun.source.util.JavacTask;

public class Parse {
    public static void main(String[] files) throws Exception {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var found = new DiagnosticCollector<JavaFileObject>();
        var manager = compiler.getStandardFileManager(found, null, null);
        var task = (JavacTask) compiler.getTask(null, manager, found, null, null, manager.getJavaFileObjects(files));
        for (var unit : task.parse()) System.out.println(unit.getSourceFile().getName());
        found.getDiagnostics().forEach(System.err::println);
        System.exit(found.getDiagnostics().isEmpty() ? 0 : 1);
    }
}
`

// Samples in Java that need no SDK are compiled, and one of them is run; those with the
// SDK, which Debian does not have, are only read by the compiler.
func TestSamplesInJavaAreJava(t *testing.T) {
	t.Parallel()
	need(t, "javac", "java")
	dir := t.TempDir()
	all := wire.Sendings(t)
	var typed, plain []string
	var last *wire.Sent
	for i, s := range all {
		class := fmt.Sprintf("S%d", i)
		source := strings.Replace(sample(t, samples.Java, &s), "public class Main ", "public class "+class+" ", 1)
		file := filepath.Join(dir, class+".java")
		require.NoError(t, os.WriteFile(file, []byte(source), 0o600))
		if strings.Contains(source, "com.huaweicloud") {
			typed = append(typed, file)
		} else {
			plain, last = append(plain, file), &all[i]
		}
	}
	parser := filepath.Join(dir, "Parse.java")
	require.NoError(t, os.WriteFile(parser, []byte(parseJava), 0o600))
	require.NotEmpty(t, typed)
	run(t, last, "java", append([]string{parser}, typed...)...)
	run(t, last, "javac", append([]string{"-d", dir}, plain...)...)
	class := strings.TrimSuffix(filepath.Base(plain[len(plain)-1]), ".java")
	run(t, last, "java", "-cp", dir, class)
	last.RequireDone(t)
}

func TestSamplesForTerraformAreHCL(t *testing.T) {
	t.Parallel()
	resources := 0
	for _, s := range wire.Sendings(t) {
		text := sample(t, samples.Terraform, &s)
		file, found := hclsyntax.ParseConfig([]byte(text), "main.tf", hcl.InitialPos)
		require.Empty(t, found, "%s\n%s", s.Name, text)
		resources += len(file.Body.(*hclsyntax.Body).Blocks)
	}
	require.NotZero(t, resources)
}
