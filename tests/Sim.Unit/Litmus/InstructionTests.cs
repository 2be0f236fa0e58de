using Sim.Explore;
using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Parsing;
using Sim.Explore.Litmus.Programs;
using Sim.Explore.Litmus.Running;

namespace Sim.Unit.Litmus;

/// <summary>What instructions and primitives do, alone in a thread, in both engines.</summary>
public sealed class InstructionTests
{
    [Theory]
    [InlineData("MOV EAX,$5 | ; XCHG [x],EAX | ;", "EAX", "0:EAX=3; [x]=5;")]
    [InlineData("MOV EAX,$5 | ; XCHG EAX,[x] | ;", "EAX", "0:EAX=3; [x]=5;")]
    [InlineData("INC [x] | ; LOCK DEC [y] | ;", "EAX", "0:EAX=0; [x]=4;")]
    [InlineData("LOCK INC [x] | ; LOCK ADD [x],$2 | ;", "EAX", "0:EAX=0; [x]=6;")]
    [InlineData("MOV EAX,$2 | ; LOCK XADD [x],EAX | ;", "EAX", "0:EAX=3; [x]=5;")]
    [InlineData("MOV EAX,$3 | ; MOV EBX,$9 | ; LOCK CMPXCHG [x],EBX | ;", "EAX", "0:EAX=3; [x]=9;")]
    [InlineData("MOV EAX,$4 | ; MOV EBX,$9 | ; LOCK CMPXCHG [x],EBX | ;", "EAX", "0:EAX=3; [x]=3;")]
    [InlineData("MOV EAX,[x] | ; CMP EAX,$3 | ; JNE L | ; MOV [x],$7 | ; L: | ;", "EAX", "0:EAX=3; [x]=7;")]
    [InlineData("MOV EAX,[x] | ; CMP EAX,$3 | ; JE L | ; MOV [x],$7 | ; L: | ;", "EAX", "0:EAX=3; [x]=3;")]
    [InlineData("LOCK SUB [x],$1 | ; LOCK AND [x],$6 | ; LOCK XOR [x],$1 | ;", "EAX", "0:EAX=0; [x]=3;")]
    public void Intel(string rows, string register, string state)
        => CheckOne($"X86 t\n{{ x=3; }}\n P0 | P1 ;\n {rows}\nexists (x=0 /\\ 0:{register}=0)", state);

    [Theory]
    [InlineData("movq $5,%rax | ; xchgq %rax,(x) | ;", "0:rax=3; [x]=5;")]
    [InlineData("movl $5,%eax | ; lock xaddl %eax,(x) | ;", "0:rax=3; [x]=8;")]
    [InlineData("movq x(%rip),%rax | ; incq (x) | ;", "0:rax=3; [x]=4;")]
    [InlineData("lock incq (x) | ; movq (x),%rax | ;", "0:rax=4; [x]=4;")]
    public void Att(string rows, string state)
        => CheckOne($"X86_64 t\n{{ uint64_t x=3; }}\n P0 | P1 ;\n {rows}\nexists (x=0 /\\ 0:rax=0)", state);

    [Theory]
    [InlineData("r0 = xchg(x, 5);", "0:r0=3; [x]=5;")]
    [InlineData("r0 = cmpxchg(x, 3, 5);", "0:r0=3; [x]=5;")]
    [InlineData("r0 = cmpxchg(x, 4, 5);", "0:r0=3; [x]=3;")]
    [InlineData("r0 = atomic_add_return(2, x);", "0:r0=5; [x]=5;")]
    [InlineData("r0 = atomic_fetch_sub(2, x);", "0:r0=3; [x]=1;")]
    [InlineData("r0 = atomic_dec_and_test(x);", "0:r0=0; [x]=2;")]
    [InlineData("r0 = atomic_sub_and_test(3, x);", "0:r0=1; [x]=0;")]
    [InlineData("r0 = atomic_add_negative(-4, x);", "0:r0=1; [x]=-1;")]
    [InlineData("r0 = atomic_add_unless(x, 2, 3);", "0:r0=0; [x]=3;")]
    [InlineData("r0 = atomic_inc_not_zero(x);", "0:r0=1; [x]=4;")]
    [InlineData("atomic_inc(x); atomic_or(8, x); r0 = 1;", "0:r0=1; [x]=12;")]
    [InlineData("atomic_andnot(1, x); atomic_xor(7, x);", "0:r0=0; [x]=5;")]
    [InlineData("r0 = READ_ONCE(*x) * 2 + 1; smp_store_release(x, r0 - 1);", "0:r0=7; [x]=6;")]
    [InlineData("if (READ_ONCE(*x) == 3) { r0 = 1; } else { r0 = 2; }", "0:r0=1; [x]=3;")]
    [InlineData("if (READ_ONCE(*x) != 3) r0 = 1; else if (1) r0 = 2;", "0:r0=2; [x]=3;")]
    [InlineData("int r1 = spin_trylock(l); r0 = r1 + spin_trylock(l);", "0:r0=1; [x]=3;")]
    [InlineData("rcu_read_lock(); r0 = rcu_dereference(*x); rcu_read_unlock(); synchronize_rcu();", "0:r0=3; [x]=3;")]
    [InlineData("*x = 8; r0 = *x; /* plain */ // both", "0:r0=8; [x]=8;")]
    [InlineData("int *p = x; r0 = READ_ONCE(*p); r0 += 1; r0++;", "0:r0=5; [x]=3;")]
    [InlineData("smp_store_mb(*x, 4); r0 = !(1 && 0) | (6 & ~2);", "0:r0=5; [x]=4;")]
    public void Kernel(string body, string state)
        => CheckOne($"C t\n{{ x=3; }}\nP0(int *x, spinlock_t *l) {{ int r0;\n{body}\n}}\nexists (x=0 /\\ 0:r0=0)", state);

    [Theory]
    [InlineData("li r1,7 | ; stw r1,0(r10) | ; lwz r3,0(r10) | ;", "0:r3=7; [x]=7;")]
    [InlineData("lwz r3,0(r10) | ; cmpwi r3,3 | ; beq L | ; li r3,0 | ; L: | ;", "0:r3=3; [x]=3;")]
    [InlineData("lwz r3,0(r10) | ; cmpwi r3,3 | ; bne L | ; addi r3,r3,2 | ; L: stw r3,0(r10) | ;", "0:r3=5; [x]=5;")]
    [InlineData("lwz r2,0(r10) | ; xor r4,r2,r2 | ; lwzx r3,r4,r10 | ;", "0:r3=3; [x]=3;")]
    [InlineData("li r2,6 | ; mr r3,r2 | ; stdx r3,r4,r10 | ;", "0:r3=6; [x]=6;")]
    public void Power(string rows, string state)
        => CheckOne($"PPC t\n{{ x=3; 0:r10=x; }}\n P0 | P1 ;\n {rows}\nexists (x=0 /\\ 0:r3=0)", state);

    private static void CheckOne(string text, string state)
    {
        LitmusTest test = LitmusParser.Parse(text, "t");
        foreach (LitmusMemory memory in Enum.GetValues<LitmusMemory>())
        {
            if (Models.Fits(test.Architecture, memory))
            {
                Assert.Equal(state, Assert.Single(AxiomaticEngine.Run(test, memory).Outcomes).State);
            }

            if (Models.Fits(test.Architecture, memory))
            {
                Assert.Equal(state, Assert.Single(OperationalEngine.Run(test, memory, new ExploreOptions()).Outcomes).State);
            }
        }
    }
}
