using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Parsing;

namespace Sim.Unit.Litmus;

/// <summary>A file that cannot be run is refused with the place and what was expected there.</summary>
public sealed class MalformedTests
{
    private const string Head = "X86 t\n{ }\n";

    private const string CHead = "C t\n{ }\n";

    [Theory]
    [InlineData("", "1:1: expected the name of an architecture (C, X86, X86_64, PPC), found the end of it")]
    [InlineData("Bell t\n{ }\n", "1:1: architecture 'Bell' is not supported")]
    [InlineData("C\n{ }\n", "1:1: expected the name of the test after the architecture")]
    [InlineData("C t\n", "2:1: expected '{' and the initial state, found the end of it")]
    [InlineData("C t\n{ x=; }\n", "2:5: expected a value, found ';'")]
    [InlineData("C t\n{ int x[4]; }\n", "2:8: an array is not supported")]
    [InlineData("C t\n(* never\nends", "2:1: this comment has no end")]
    [InlineData(Head + " MOV [x],$1 ;\nexists (x=1)", "3:2: expected the head of a column, 'P0', found 'MOV'")]
    [InlineData(Head + " P0 ;\n MOV [x],$1 | MFENCE ;\nexists (x=1)", "4:15: this row has more than 1 columns")]
    [InlineData(Head + " P0 ;\n MOV [x],$1 ;\n", "5:1: expected another row of the program, or 'exists', '~exists' or 'forall', found the end of it")]
    [InlineData(Head + " P0 ;\n FSIN [x] ;\nexists (x=1)", "4:2: instruction 'fsin' is not supported")]
    [InlineData(Head + " P0 ;\n MOV [x],y ;\nexists (x=1)", "4:10: expected a register, [location] or $number, found 'y'")]
    [InlineData(Head + " P0 ;\n JMP L ;\nexists (x=1)", "4:6: there is no label 'L' in this thread")]
    [InlineData(Head + " P0 ;\n L: JMP L ;\nexists (x=1)", "4:9: a jump backwards is not supported")]
    [InlineData(Head + " P0 ;\n MFENCE ;\nexists (x 1)", "5:11: expected '=', found '1'")]
    [InlineData(Head + " P0 ;\n MFENCE ;\nexists (x=1", "5:12: expected ')', found the end of it")]
    [InlineData(Head + " P0 ;\n MFENCE ;\nlocations x", "5:11: expected '[', found 'x'")]
    [InlineData("X86 t\n{ 1:EAX=0; }\n P0 ;\n MFENCE ;\nexists (x=1)", "4:2: the initial state speaks of thread 1, and the program ends with P0")]
    [InlineData("PPC t\n{ }\n P0 ;\n lwarx r1,r2,r3 ;\nexists (x=1)", "4:2: instruction 'lwarx' is not supported")]
    [InlineData("PPC t\n{ }\n P0 ;\n stw 1,0(r3) ;\nexists (x=1)", "4:6: expected a register, found '1'")]
    [InlineData(CHead + "exists (x=1)", "3:1: expected 'P0' and its parameters, found 'exists'")]
    [InlineData(CHead + "P1(int *x) { }\nexists (x=1)", "3:1: expected 'P0', found 'P1'")]
    [InlineData(CHead + "P0(int *x) { while (1) { } }\nexists (x=1)", "3:14: 'while' is not supported")]
    [InlineData(CHead + "P0(int *x) { WRITE_ONCE(x, 1); }\nexists (x=1)", "3:25: expected '*' and a pointer, found 'x'")]
    [InlineData(CHead + "P0(int *x) { int r0 = futex(x); }\nexists (x=1)", "3:23: 'futex' is not supported")]
    [InlineData(CHead + "P0(int *x) { int r0 = 1 }\nexists (x=1)", "3:25: expected ';', found '}'")]
    [InlineData(CHead + "P0(int *x) { smp_mb();\nexists (x=1)", "4:1: expected a statement or '}', found 'exists'")]
    public void What_is_wrong_is_said_with_its_place(string text, string problem)
    {
        var mistake = Assert.Throws<LitmusFormatException>(() => LitmusParser.Parse(text, "f"));

        Assert.Equal("f:" + problem, mistake.Message);
    }
}
