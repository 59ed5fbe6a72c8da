// What takes more than a second is a finding: nobody else of this process may be in the way.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
