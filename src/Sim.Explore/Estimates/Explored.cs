namespace Sim.Explore.Estimates;

/// <summary>How much of its tree a search has explored.</summary>
/// <param name="Share">The explored share if what is planned anywhere is as large as what was explored beside it, 0 to 1.</param>
/// <param name="Planned">How many branches are planned: each is an execution at least, but for few that turn out to be impossible.</param>
internal readonly record struct Explored(double Share, int Planned);
