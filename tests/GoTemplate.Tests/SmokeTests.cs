using Xunit;
namespace GoTemplate.Tests;
public sealed class SmokeTests { [Fact] public void Smoke() => Assert.True(true); }
