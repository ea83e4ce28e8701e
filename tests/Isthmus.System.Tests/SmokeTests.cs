using Xunit;
namespace Isthmus.System.Tests;
public sealed class SmokeTests { [Fact] public void Smoke() => Assert.True(true); }
